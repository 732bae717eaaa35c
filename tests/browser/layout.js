// Run inside the page by `.ci/page`: texts that overlap, and texts that are cut by the picture or by the page. The result
// becomes the page's title, which `--dump-dom` prints.
(() => {
  const found = [];
  const shown = (element) => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.height > 0 && getComputedStyle(element).visibility !== "hidden";
  };
  for (const svg of document.querySelectorAll("svg")) {
    if (!shown(svg)) continue;
    const frame = svg.getBoundingClientRect();
    const texts = [...svg.querySelectorAll("text")].filter(shown).map((text) => [text, text.getBoundingClientRect()]);
    for (const [text, box] of texts) {
      const cut = box.left < frame.left - 1 || box.top < frame.top - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 1;
      if (cut) found.push(`cut: ${text.textContent}`);
    }
    texts.forEach(([text, box], index) => {
      for (const [other, beside] of texts.slice(index + 1)) {
        const wide = Math.min(box.right, beside.right) - Math.max(box.left, beside.left);
        const high = Math.min(box.bottom, beside.bottom) - Math.max(box.top, beside.top);
        if (wide > 1 && high > 2) found.push(`overlap: ${text.textContent} / ${other.textContent}`);
      }
    });
    found.count = (found.count ?? 0) + texts.length;
  }
  const wide = document.documentElement.scrollWidth > document.documentElement.clientWidth + 1;
  // A picture that is wider than the window scrolls inside its own box; the page itself must not.
  if (wide) found.push("the page is wider than the window");
  const words = found.length ? `LAYOUT WRONG ${found.slice(0, 20).join("; ")}` : `LAYOUT RIGHT ${found.count ?? 0} texts`;
  document.title = words;
})();
