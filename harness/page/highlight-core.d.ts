/** What is used of `highlight.js/lib/core`: its own types bring along those of a browser, for the whole project. */
declare const highlighter: {
  registerLanguage(name: string, language: unknown): void;
  getLanguage(name: string): unknown;
  highlight(text: string, options: { language: string }): { readonly value: string };
};
export default highlighter;
