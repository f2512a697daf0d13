// The page's own script, in the browser: takes the parts that the server draws anew, and sends forms without leaving the page.
const offline = document.querySelector('#offline');
const events = document.querySelector('[data-live]')?.dataset.live;
/** So long after the page was hidden its stream is closed: a browser opens only six connections to one server. */
const hiddenForMs = 20_000;
let stream = null;
let hidden;

if (events !== undefined) {
  document.addEventListener('visibilitychange', () => {
    clearTimeout(hidden);
    if (document.hidden) hidden = setTimeout(close, hiddenForMs);
    else open();
  });
  addEventListener('pagehide', close);
  addEventListener('pageshow', open);
  open();
}

document.addEventListener('submit', (event) => {
  event.preventDefault();
  void send(event.target);
});

function open() {
  if (stream !== null) return;
  stream = new EventSource(events);
  stream.addEventListener('open', () => (offline.hidden = true));
  stream.addEventListener('error', () => (offline.hidden = false));
  stream.addEventListener('parts', ({ data }) => show(JSON.parse(data)));
}

function close() {
  stream?.close();
  stream = null;
}

async function send(form) {
  try {
    const response = await fetch(form.action, {
      method: 'POST',
      headers: { accept: 'application/json' },
    });
    if (!response.ok) throw new Error(await response.text());
    offline.hidden = true;
    const parts = await response.json();
    show(parts);
    for (const id of Object.keys(parts)) {
      const target = document.getElementById(id)?.querySelector('[data-focus]');
      target?.focus({ preventScroll: false });
    }
  } catch {
    offline.hidden = false;
  }
}

/** Puts new parts in their places; what the learner has opened stays open, and what had the focus keeps it. */
function show(parts) {
  for (const [id, html] of Object.entries(parts)) {
    const element = document.getElementById(id);
    if (element === null) continue;
    const opened = new Set(
      [...element.querySelectorAll('details[open]')].map((details) => details.dataset.key),
    );
    const focus = placeOf(element);
    const scrolls = [...element.querySelectorAll('[tabindex]')].map((box) => box.scrollTop);
    element.innerHTML = html;
    for (const details of element.querySelectorAll('details')) {
      details.open = opened.has(details.dataset.key);
    }
    for (const [index, box] of [...element.querySelectorAll('[tabindex]')].entries()) {
      box.scrollTop = scrolls[index] ?? 0;
    }
    if (focus !== -1) focusable(element)[focus]?.focus({ preventScroll: true });
  }
}

function placeOf(element) {
  return focusable(element).indexOf(document.activeElement);
}

function focusable(element) {
  return [...element.querySelectorAll('a, button, summary, [tabindex]')];
}
