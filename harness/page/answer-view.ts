import type { AnswerFile } from './answer-file.ts';
import { editorLink } from './editor-link.ts';
import { highlight } from './highlight.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';

/**
 * The learner's files as they are on disk.
 *
 * @param blamed lines that the verdict names, by the absolute path of the file.
 */
export function renderAnswer(
  files: readonly AnswerFile[],
  blamed: ReadonlyMap<string, ReadonlySet<number>>,
): Markup {
  return markup`${files.map((file) => renderFile(file, blamed.get(file.path) ?? new Set()))}`;
}

function renderFile(file: AnswerFile, blamed: ReadonlySet<number>): Markup {
  const note = file.isReadOnly
    ? markup`<p class="note warn">${file.name} is read-only: your editor cannot save it.</p>`
    : null;
  return markup`<div class="file">
<div class="file-head"><h3>${file.name}</h3><a class="button" href="${editorLink(file.path)}">Open in the editor</a></div>
${note}${file.text === null ? renderProblem(file) : renderSource(file.name, file.text, blamed)}
</div>`;
}

function renderProblem({ problem }: AnswerFile): Markup {
  return markup`<p class="note warn">${problem ?? ''}</p>`;
}

function renderSource(name: string, text: string, blamed: ReadonlySet<number>): Markup {
  const count = text.replace(/\n$/, '').split('\n').length;
  const numbers = Array.from({ length: count }, (_, index) => {
    const line = index + 1;
    return blamed.has(line) ? markup`<mark>${line}</mark>\n` : markup`${line}\n`;
  });
  return markup`<div class="source" tabindex="0" role="region" aria-label="${name}"><pre class="lines" aria-hidden="true">${numbers}</pre><pre><code>${highlight(text, 'ts')}</code></pre></div>`;
}
