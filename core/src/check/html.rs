//! The report as one page that needs nothing else.
use super::report::Report;
/// Write the page.
pub fn page(report: &Report, source: &str) -> String {
    format!("{}{source}", report.title)
}
