// Every page that is loaded with its area: its address, and which change it must show without a reload.

import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What changes: a machine, a place, a member, or the signed-in administrator. */
export type Change = "machine" | "place" | "member" | "oneself";

type Lazy = { path: string; change?: Change; unseen?: true };

/** By route. Without `change` a page follows nothing. `unseen`: it reloads its data, but the new name is not on it. */
export const PAGES: Record<string, Lazy> = {
  // Equipment.
  machines: { path: "/machines", change: "machine" },
  "machines/new": { path: "/machines/new" },
  "machines/labels": { path: "/machines/labels" },
  "machines/:id": { path: "/machines/1", change: "machine" },
  "machines/:id/edit": { path: "/machines/1/edit", change: "machine", unseen: true },
  "machines/:id/help": { path: "/machines/1/help", change: "machine" },
  "machines/:id/report": { path: "/machines/1/report" },
  "machines/:id/history": { path: "/machines/1/history", change: "machine" },
  "machines/:id/maintenance": { path: "/machines/1/maintenance", change: "machine" },
  "machines/:id/plans/:plan": { path: "/machines/1/plans/1", change: "machine", unseen: true },
  maintenance: { path: "/maintenance", change: "machine", unseen: true },
  problems: { path: "/problems", change: "machine", unseen: true },
  "building/actuators/:id": { path: "/building/actuators/1" },
  "building/rules": { path: "/building/rules" },
  boards: { path: "/boards", change: "machine" },
  start: { path: "/start", change: "machine", unseen: true },
  firmware: { path: "/firmware", change: "machine", unseen: true },
  "types/:id/edit": { path: "/types/3/edit", change: "place", unseen: true },
  places: { path: "/places", change: "place", unseen: true },
  plan: { path: "/plan", change: "machine", unseen: true },
  "plan/edit": { path: "/plan/edit" },
  "kiosk/plan": { path: "/kiosk/plan", change: "machine", unseen: true },
  "rooms/:id": { path: "/rooms/1", change: "machine", unseen: true },
  rooms: { path: "/rooms", change: "machine", unseen: true },
  hours: { path: "/hours", change: "place", unseen: true },
  settings: { path: "/settings", change: "place", unseen: true },
  book: { path: "/book?what=machine:1", change: "machine" },
  "book/mine": { path: "/book/mine" },
  "book/:what": { path: "/book/machine:1", change: "machine" },
  bookings: { path: "/bookings", change: "machine" },
  "machines/:id/outage": { path: "/machines/1/outage", change: "machine" },
  "bookings/rooms": { path: "/bookings/rooms", change: "machine", unseen: true },
  "bookings/requests": { path: "/bookings/requests" },
  closures: { path: "/closures", change: "machine", unseen: true },
  "bookings/rules": { path: "/bookings/rules" },
  reports: { path: "/reports" },
  building: { path: "/building" },
  "building/meters": { path: "/building/meters" },
  "building/devices": { path: "/building/devices" },
  "building/doors": { path: "/building/doors", change: "machine", unseen: true },
  "building/evacuate": { path: "/building/evacuate" },
  slack: { path: "/slack" },
  directory: { path: "/directory" },
  "directory/connection": { path: "/directory/connection" },
  "me/directory": { path: "/me/directory" },
  "me/slack": { path: "/me/slack" },
  // Of any machine.
  "bookings/:id": { path: "/bookings/1", change: "machine", unseen: true },
  checkouts: { path: "/checkouts" },
  "checkouts/new": { path: "/checkouts/new" },
  "checkouts/types/:id": { path: "/checkouts/types/7", change: "machine", unseen: true },
  "checkouts/:id": { path: "/checkouts/4" },
  "types/:id/checklist": { path: "/types/3/checklist" },
  availability: { path: "/availability" },
  documents: { path: "/documents", change: "member", unseen: true },
  "documents/:id": { path: "/documents/1" },
  "documents/:id/edit": { path: "/documents/1/edit" },
  "documents/:id/people": { path: "/documents/1/people", change: "member" },
  announcements: { path: "/announcements", change: "place", unseen: true },
  "external-calendars": { path: "/external-calendars" },
  webhooks: { path: "/webhooks" },
  "webhooks/new": { path: "/webhooks/new" },
  "webhooks/:id": { path: "/webhooks/1" },
  connections: { path: "/connections" },
  "sign-in-providers": { path: "/sign-in-providers", change: "place", unseen: true },
  displays: { path: "/displays", change: "place", unseen: true },
  kiosk: { path: "/kiosk", change: "machine" },
  "kiosk/sign": { path: "/kiosk/sign", change: "machine", unseen: true },
  // People and cards.
  people: { path: "/people?q=member", change: "member" },
  "people/payments": { path: "/people/payments", change: "member", unseen: true },
  "people/invite": { path: "/people/invite" },
  groups: { path: "/groups" },
  series: { path: "/series" },
  "series/new": { path: "/series/new?resource=room:1" },
  "series/:id": { path: "/series/1" },
  "series/:id/change": { path: "/series/1/change" },
  "groups/:id": { path: "/groups/1" },
  "groups/:id/join": { path: "/groups/4/join" },
  draws: { path: "/draws" },
  "draws/:id": { path: "/draws/2" },
  "draws/:id/wish": { path: "/draws/2/wish" },
  "draws/:id/verify": { path: "/draws/4/verify" },
  events: { path: "/events" },
  "events/:id": { path: "/events/1" },
  "events/:id/invitation": { path: "/events/1/invitation" },
  "training/ask/:id": { path: "/training/ask/3" },
  "training/demand": { path: "/training/demand?kind=3&aim=user" },
  "events/new": { path: "/events/new?kind=3" },
  "events/:id/edit": { path: "/events/1/edit" },
  "events/:id/results": { path: "/events/1/results" },
  "people/:id": { path: "/people/10", change: "member" },
  "people/:id/qualifications": { path: "/people/10/qualifications", change: "member" },
  "people/:id/membership": { path: "/people/10/membership", change: "member" },
  "people/:id/documents": { path: "/people/10/documents", change: "member" },
  "people/:id/bookings": { path: "/people/10/bookings", change: "member" },
  "people/:id/uses": { path: "/people/10/uses", change: "member" },
  "people/:id/timeline": { path: "/people/10/timeline", change: "member" },
  "people/:id/account": { path: "/people/10/account", change: "member" },
  "people/:id/data": { path: "/people/10/data" },
  "people/:id/decisions": { path: "/people/10/decisions", change: "member", unseen: true },
  learn: { path: "/learn", change: "oneself", unseen: true },
  "learn/:id": { path: "/learn/1", change: "oneself", unseen: true },
  "learn/:id/quiz": { path: "/learn/1/quiz", change: "oneself", unseen: true },
  modules: { path: "/modules", change: "place", unseen: true },
  "modules/:id": { path: "/modules/1", change: "place", unseen: true },
  types: { path: "/types", change: "member", unseen: true },
  "types/:id": { path: "/types/1?q=member", change: "member" },
  "cards/:id": { path: "/cards/1", change: "member", unseen: true },
  "machines/:id/claim": { path: "/machines/1/claim", change: "machine" },
  "unknown-cards": { path: "/unknown-cards", change: "machine", unseen: true },
  // The account.
  me: { path: "/me", change: "oneself" },
  "me/sessions": { path: "/me/sessions", change: "oneself", unseen: true },
  "me/password": { path: "/me/password", change: "oneself", unseen: true },
  "me/security": { path: "/me/security", change: "oneself", unseen: true },
  "me/security/prove": { path: "/me/security/prove", change: "oneself", unseen: true },
  "me/second-factor": { path: "/me/second-factor", change: "oneself", unseen: true },
  notices: { path: "/notices" },
  "notices/settings": { path: "/notices/settings" },
  deliveries: { path: "/deliveries" },
  "me/calendar": { path: "/me/calendar", change: "oneself", unseen: true },
  "me/documents": { path: "/me/documents", change: "oneself", unseen: true },
  membership: { path: "/membership", change: "oneself", unseen: true },
  "me/notifications": { path: "/me/notifications" },
  "me/tokens": { path: "/me/tokens", change: "oneself", unseen: true },
  // The workshop.
  manage: { path: "/manage", change: "member", unseen: true },
  audit: { path: "/audit" },
  find: { path: "/find" },
  retention: { path: "/retention" },
  system: { path: "/system" },
  import: { path: "/import" },
  "import/bookings": { path: "/import/bookings" },
  "import/fabomatic": { path: "/import/fabomatic" },
  export: { path: "/export" },
  api: { path: "/api" },
  // Before sign-in.
  "sign-in": { path: "/sign-in" },
  "sign-in/provider": { path: "/sign-in/provider?why=expired" },
  apply: { path: "/apply" },
  forgotten: { path: "/forgotten" },
  "link/:token": { path: "/link/gone" },
  unsubscribe: { path: "/unsubscribe?who=1&what=daily&sign=gone" },
  "second-factor": { path: "/second-factor" },
  "set-up/:token": { path: "/set-up/gone" },
};

/** The first route of every page that is loaded with its area; without the gallery, which no release has. */
export function lazyPages() {
  const table = readFileSync(join(import.meta.dirname, "../app/src/pages.rs"), "utf8");
  const first = new Map<string, string>();
  for (const [, path, page] of table.matchAll(/"([^"]+)" => (\w+(?:::\w+)*)(?:: \w+)?,/g)) if (!first.has(page!)) first.set(page!, path!);
  return [...first.values()].filter((path) => path !== "ui").sort();
}

/** As many pages as a journey takes half a minute for: side by side, no worker idles long at the end. */
const PORTION = 16;

/** Portions of a list of pages, and what to call each. */
export function portions(pages: string[]): [string, string[]][] {
  const all: [string, string[]][] = [];
  for (let at = 0; at < pages.length; at += PORTION) {
    const some = pages.slice(at, at + PORTION);
    all.push([`${some[0]} to ${some.at(-1)}`, some]);
  }
  return all;
}
