import assert from "node:assert/strict";
import { test } from "node:test";
import { addNote, readNotes } from "../site/notes.js";

const answering = (status, said) => async () => new Response(JSON.stringify(said), { status });

test("notes are read in their order", async () => {
  const notes = [
    { number: 1, text: "one" },
    { number: 2, text: "two" },
  ];
  assert.deepEqual(await readNotes(answering(200, notes)), ["one", "two"]);
});

test("a note is sent as JSON", async () => {
  const seen = [];
  const fetch = async (...args) => {
    seen.push(args);
    return new Response("{}", { status: 201 });
  };
  await addNote(fetch, "buy milk");
  assert.equal(seen[0][0], "/api/notes");
  assert.equal(seen[0][1].body, '{"text":"buy milk"}');
});

test("what the backend refuses is said in its words", async () => {
  await assert.rejects(addNote(answering(422, { error: "A note needs a text." }), " "), {
    message: "A note needs a text.",
  });
  const broken = async () => new Response("<html>", { status: 502 });
  await assert.rejects(readNotes(broken), { message: "The service does not answer." });
});
