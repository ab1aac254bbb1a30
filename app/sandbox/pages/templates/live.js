"use strict";
// Keeps an open page true: asks for itself again, and changes only what changed, without flicker.
(() => {
  let last = null;
  const alike = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName && !a.id;

  function drop(node) {
    const next = node.nextSibling;
    node.remove();
    return next;
  }

  function find(at, wanted) {
    if (!wanted.id) return at && alike(at, wanted) ? at : null;
    while (at && at.id !== wanted.id) at = at.nextSibling;
    return at;
  }

  function attributes(from, to) {
    // Whether a <details> is open is the reader's choice.
    const ours = (name) => name !== "open";
    for (const { name } of [...from.attributes])
      if (ours(name) && !to.hasAttribute(name)) from.removeAttribute(name);
    for (const { name, value } of to.attributes)
      if (ours(name) && from.getAttribute(name) !== value) from.setAttribute(name, value);
  }

  function morph(from, to) {
    if (from.isEqualNode(to)) return;
    if (from.nodeType !== 1) { from.nodeValue = to.nodeValue; return; }
    attributes(from, to);
    let at = from.firstChild;
    for (const wanted of [...to.childNodes]) {
      const match = find(at, wanted);
      if (match) {
        while (at !== match) at = drop(at);
        at = match.nextSibling;
        morph(match, wanted);
      } else {
        const fresh = document.importNode(wanted, true);
        if (fresh.classList) fresh.classList.add("arrived");
        from.insertBefore(fresh, at);
      }
    }
    while (at) at = drop(at);
  }

  async function look() {
    if (document.hidden || !getSelection().isCollapsed) return;
    try {
      const answer = await fetch(location.href, { cache: "no-cache" });
      const text = await answer.text();
      document.body.classList.remove("stopped");
      if (text === last) return;
      last = text;
      const page = new DOMParser().parseFromString(text, "text/html");
      document.title = page.title;
      document.body.dataset.tone = page.body.dataset.tone || "";
      for (const part of ["link[rel=icon]", "header.top", "main"])
        morph(document.querySelector(part), page.querySelector(part));
    } catch {
      document.body.classList.add("stopped");
    }
  }

  (async () => {
    for (;;) {
      await new Promise((wake) => setTimeout(wake, 1000));
      await look();
    }
  })();
})();
