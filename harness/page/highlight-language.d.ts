/** A language of `highlight.js/lib/languages`, which only `registerLanguage` looks into. */
declare const language: unknown;
export default language;
