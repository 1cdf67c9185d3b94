/** A bundled classic script as text; see `web/build/inline-script.ts`. */
declare module "*?script" {
  const text: string;
  export default text;
}
