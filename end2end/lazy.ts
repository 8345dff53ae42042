// Every lazy page: where it is, and which change it must show without being loaded again.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What changes: a machine, a place, a member, or the administrator who is looking. */
export type Change = "machine" | "place" | "member" | "oneself";

type Lazy = { path: string; change?: Change; unseen?: true };

/**
 * By the name of the component. Without `change` a page doesn't follow anything. `unseen`: it asks again, but the new name
 * is not on it.
 */
export const PAGES: Record<string, Lazy> = {
  // Equipment.
  Machines: { path: "/machines", change: "machine" },
  NewMachine: { path: "/machines/new" },
  Labels: { path: "/machines/labels" },
  MachinePage: { path: "/machines/1", change: "machine" },
  EditMachine: { path: "/machines/1/edit", change: "machine", unseen: true },
  ReportPage: { path: "/machines/1/report" },
  HistoryPage: { path: "/machines/1/history", change: "machine" },
  MaintenancePage: { path: "/machines/1/maintenance", change: "machine" },
  PlanPage: { path: "/machines/1/plans/1", change: "machine", unseen: true },
  ComingPage: { path: "/maintenance", change: "machine", unseen: true },
  Problems: { path: "/problems", change: "machine", unseen: true },
  Boards: { path: "/boards", change: "machine" },
  Firmware: { path: "/firmware", change: "machine", unseen: true },
  EditType: { path: "/types/3/edit", change: "place", unseen: true },
  Places: { path: "/places", change: "place", unseen: true },
  Hours: { path: "/hours", change: "place", unseen: true },
  Settings: { path: "/settings", change: "place", unseen: true },
  Displays: { path: "/displays", change: "place", unseen: true },
  Kiosk: { path: "/kiosk", change: "machine" },
  // People and cards.
  People: { path: "/people?q=member", change: "member" },
  Inviting: { path: "/people/invite" },
  Overview: { path: "/people/10", change: "member" },
  Qualified: { path: "/people/10/qualifications", change: "member" },
  Uses: { path: "/people/10/uses", change: "member" },
  Timeline: { path: "/people/10/timeline", change: "member" },
  PersonAccount: { path: "/people/10/account", change: "member" },
  Data: { path: "/people/10/data" },
  Decisions: { path: "/people/10/decisions", change: "member", unseen: true },
  Types: { path: "/types", change: "member", unseen: true },
  Kind: { path: "/types/1?q=member", change: "member" },
  Card: { path: "/cards/1", change: "member", unseen: true },
  Claim: { path: "/machines/1/claim", change: "machine" },
  Unknown: { path: "/unknown-cards", change: "machine", unseen: true },
  // Oneself.
  Me: { path: "/me", change: "oneself" },
  Sessions: { path: "/me/sessions", change: "oneself", unseen: true },
  OwnPassword: { path: "/me/password", change: "oneself", unseen: true },
  OwnFactor: { path: "/me/second-factor", change: "oneself", unseen: true },
  Tokens: { path: "/me/tokens", change: "oneself", unseen: true },
  // The workshop.
  Manage: { path: "/manage", change: "member", unseen: true },
  Audit: { path: "/audit" },
  Find: { path: "/find" },
  Retention: { path: "/retention" },
  System: { path: "/system" },
  Import: { path: "/import" },
  TakeOverPage: { path: "/import/fabomatic" },
  Export: { path: "/export" },
  ReferencePage: { path: "/api" },
  // On the way in.
  SignIn: { path: "/sign-in" },
  Applying: { path: "/apply" },
  Forgotten: { path: "/forgotten" },
  Linked: { path: "/link/gone" },
  SecondFactor: { path: "/second-factor" },
  SetUp: { path: "/set-up/gone" },
};

/** The components that a route loads lazily, as the sources have them; without the gallery, which no release has. */
export function lazyComponents() {
  const sources = join(import.meta.dirname, "../app/src");
  const files = readdirSync(sources, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".rs"));
  const found = files.flatMap((file) =>
    [...readFileSync(join(sources, file), "utf8").matchAll(/Lazy::<(?:\w+::)*(\w+)>::new/g)].map(([, name]) => name!),
  );
  return [...new Set(found)].filter((name) => name !== "Gallery").sort();
}
