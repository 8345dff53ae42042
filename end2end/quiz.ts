// The quiz of the demo's module.

/** What is right in the quiz of the demo. */
export const RIGHT: Record<string, string[]> = {
  "Where do the clamps go?": ["On the edges, outside the cut"],
  "How many clamps hold a sheet?": ["Two at least, on opposite sides"],
  "What do you check before you press start?": ["The extraction runs", "Sleeves are rolled up"],
  "Put the steps in order": ["Clamp the sheet", "Fit the tool", "Set zero", "Run the job in the air"],
};
