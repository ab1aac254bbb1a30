import assert from "node:assert/strict";
import { test } from "node:test";
import { greeting } from "../site/greeting.js";

for (const [hour, words] of [
  [0, "Good night"],
  [5, "Good morning"],
  [12, "Good afternoon"],
  [18, "Good evening"],
  [23, "Good evening"],
]) {
  test(`at ${hour} it says ${words}`, () => assert.equal(greeting(hour), words));
}
