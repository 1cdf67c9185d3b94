// Unpacks the browser of the package into TMPDIR, with fonts and with the libraries that a bare
// machine may lack; the package unpacks those only where it sees the variable below.
process.env.AWS_LAMBDA_JS_RUNTIME = "nodejs20.x";
const { default: chromium } = await import("@sparticuz/chromium");
await chromium.executablePath();
