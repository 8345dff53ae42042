// The quiz of the demo's module.

import type { Page } from "@playwright/test";
import { expect } from "./lab.ts";

/** The right answers of the demo's quiz. */
export const RIGHT: Record<string, string[]> = {
  "Where do the clamps go?": ["On the edges, outside the cut"],
  "How many clamps hold a sheet?": ["Two at least, on opposite sides"],
  "What do you check before you press start?": ["The extraction runs", "Sleeves are rolled up"],
  "Put the steps in order": ["Clamp the sheet", "Fit the tool", "Set zero", "Run the job in the air"],
};

/** Orders steps by their arrows. At least one is moved, because an untouched order is no answer. */
export async function arrange(page: Page, right: string[]): Promise<void> {
  const rows = page.locator(".order .t");
  const move = (way: "up" | "down", words: string): Promise<void> => page.getByRole("button", { name: `Move ${way}: ${words}`, exact: true }).click();
  await move("down", await rows.first().innerText());
  for (const [at, words] of right.entries()) {
    for (let from = (await rows.allInnerTexts()).indexOf(words); from > at; from--) await move("up", words);
  }
  await expect(rows).toHaveText(right);
}
