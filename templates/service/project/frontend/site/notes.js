// Notes, as the backend keeps them. `fetch` is given, so that tests need no network.

export async function readNotes(fetch) {
  const notes = await answerOf(await fetch("/api/notes"));
  return notes.map((note) => note.text);
}

export async function addNote(fetch, text) {
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ text });
  await answerOf(await fetch("/api/notes", { method: "POST", headers, body }));
}

async function answerOf(response) {
  const said = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(said.error ?? "The service does not answer.");
  return said;
}
