// The landing page's own script, in the browser: sends requests when a button is pressed, and draws the strip.
const shown = 120;
const stalls = [];
const canvas = document.querySelector('#strip');
const now = document.querySelector('#now');
const longest = document.querySelector('#longest');
const count = document.querySelector('#count');
let longestMs = 0;

new EventSource('/demo/stalls').addEventListener('message', ({ data }) => {
  const stallMs = Number(data);
  stalls.push(stallMs);
  if (stalls.length > shown) stalls.shift();
  longestMs = Math.max(longestMs, stallMs);
  now.textContent = `${Math.max(...stalls.slice(-10))} ms`;
  longest.textContent = `${longestMs} ms`;
  draw();
});

for (const button of document.querySelectorAll('button[data-path]')) {
  button.addEventListener('click', () => void ask(button.dataset.path));
}
addEventListener('resize', draw);
draw();

async function ask(path) {
  const answer = document.querySelector(`[data-answer="${path}"]`);
  const requests = Math.min(100, Math.max(1, Number(count.value) || 1));
  answer.textContent = 'waiting …';
  const began = performance.now();
  const statuses = await Promise.all(
    Array.from({ length: requests }, () =>
      fetch(path, { cache: 'no-store' }).then(
        (response) => response.ok,
        () => false,
      ),
    ),
  );
  const failed = statuses.filter((ok) => !ok).length;
  const ms = Math.round(performance.now() - began);
  answer.textContent = `${requests} in ${ms} ms${failed > 0 ? `, ${failed} failed` : ''}`;
}

/** One bar for each tenth of a second, on a scale on which 10 ms and 10 s can both be seen. */
function draw() {
  const style = getComputedStyle(canvas);
  const width = canvas.clientWidth * devicePixelRatio;
  const height = canvas.clientHeight * devicePixelRatio;
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  const barWidth = width / shown;
  context.font = `${12 * devicePixelRatio}px system-ui`;
  for (const lineMs of [10, 100, 1000, 10_000]) {
    const y = height - heightOf(lineMs) * height;
    context.fillStyle = style.borderTopColor;
    context.fillRect(0, y, width, devicePixelRatio);
    context.fillStyle = style.caretColor;
    const label = lineMs < 1000 ? `${lineMs} ms` : `${lineMs / 1000} s`;
    context.fillText(label, 4 * devicePixelRatio, y - 3 * devicePixelRatio);
  }
  context.fillStyle = style.color;
  for (const [index, stallMs] of stalls.entries()) {
    const barHeight = heightOf(stallMs) * height;
    const x = (shown - stalls.length + index) * barWidth;
    context.fillRect(x, height - barHeight, Math.max(1, barWidth - 1), barHeight);
  }
}

/** From 0 to 1, by the logarithm. */
function heightOf(ms) {
  return Math.min(1, Math.log10(1 + ms) / 4.7);
}
