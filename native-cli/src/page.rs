//! The files of the built page: embedded in the binary, or in a folder.

use std::path::{Component, Path, PathBuf};

#[cfg(feature = "page")]
static EMBEDDED: include_dir::Dir<'_> =
    include_dir::include_dir!("$CARGO_MANIFEST_DIR/../web/dist");

/// Where the files of the page come from.
pub enum Page {
    /// From the binary itself.
    #[cfg(feature = "page")]
    Embedded,
    /// From a folder that holds an `index.html`.
    Folder(PathBuf),
}

impl Page {
    /// The page that was built into this binary.
    ///
    /// # Errors
    /// Says how to get one when the binary was built without it.
    pub fn embedded() -> Result<Page, String> {
        #[cfg(feature = "page")]
        return Ok(Page::Embedded);
        #[cfg(not(feature = "page"))]
        Err("this binary was built without the page. Build the page with `npm run build`, then either \
             serve it with `isolab serve --dir web/dist`, or build it in with \
             `cargo install --path native-cli --features page`"
            .to_owned())
    }

    /// A page in a folder.
    ///
    /// # Errors
    /// Says what is missing when the folder holds no built page.
    pub fn in_folder(folder: &Path) -> Result<Page, String> {
        let folder = folder
            .canonicalize()
            .map_err(|error| format!("cannot read the folder {}: {error}", folder.display()))?;
        if !folder.join("index.html").is_file() {
            return Err(format!(
                "{} holds no built page (no index.html); `npm run build` makes one in web/dist",
                folder.display()
            ));
        }
        Ok(Page::Folder(folder))
    }

    /// The bytes of a file of the page; never one outside it.
    pub fn file(&self, name: &str) -> Option<Vec<u8>> {
        let path = Path::new(name);
        if !path
            .components()
            .all(|part| matches!(part, Component::Normal(_)))
        {
            return None;
        }
        match self {
            #[cfg(feature = "page")]
            Page::Embedded => EMBEDDED.get_file(path).map(|file| file.contents().to_vec()),
            Page::Folder(folder) => {
                // A link inside the folder must not lead out of it.
                let file = folder.join(path).canonicalize().ok()?;
                file.starts_with(folder).then(|| std::fs::read(file).ok())?
            }
        }
    }
}
