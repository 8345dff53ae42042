// What validators of HTML refuse, looked for in the text that the server sends: a browser repairs it before any script sees it.

const words = (text: string) => new Set(text.split(" "));

const VOID = words("area base br col embed hr img input link meta source track wbr");
/** Elements whose content is text; it is left out. */
const OPAQUE = /(<(script|style|textarea|title)\b(?:"[^"]*"|[^">])*>)[\s\S]*?<\/\2>/gi;
/** They may hold phrasing content only. */
const PHRASING = words("abbr b bdi button cite code data dfn em h1 h2 h3 h4 h5 h6 i kbd label legend mark output p pre q s samp small span strong sub summary sup time u var");
/** They may hold what their parent may. */
const TRANSPARENT = words("a del ins");
const HEADINGS = words("h1 h2 h3 h4 h5 h6");
const SECTIONS = words("article aside footer header main nav section");
/** They are no phrasing content. */
const BLOCKS = new Set([...HEADINGS, ...SECTIONS, ...words("address blockquote details dialog div dl fieldset figure form hgroup hr menu ol p pre search table ul")]);
const INTERACTIVE = words("a button details iframe input label select textarea");
/** What these may hold, besides scripts and templates. */
const CHILDREN: Record<string, Set<string>> = {
  dl: words("dd div dt"),
  menu: words("li"),
  ol: words("li"),
  select: words("hr optgroup option"),
  table: words("caption colgroup tbody tfoot thead tr"),
  tbody: words("tr"),
  tfoot: words("tr"),
  thead: words("tr"),
  tr: words("td th"),
  ul: words("li"),
};
const ANYWHERE = words("script template");
const TOKEN = /<!--[\s\S]*?-->|<![^>]*>|<\/([a-z][a-z0-9-]*)\s*>|<([a-z][a-z0-9-]*)((?:"[^"]*"|'[^']*'|[^>"'])*)>/gi;

/** Why an element cannot stand in those that are open. */
function misplaced(name: string, open: string[]): string | undefined {
  // A drawing has rules of its own.
  if (open.includes("svg")) return;
  const parent = open.at(-1);
  const allowed = parent ? CHILDREN[parent] : undefined;
  if (allowed && !allowed.has(name) && !ANYWHERE.has(name)) return parent;
  const near = [...open].reverse().find((one) => !TRANSPARENT.has(one));
  const isHeadOf = (near === "summary" || near === "legend") && HEADINGS.has(name);
  if (near && PHRASING.has(near) && BLOCKS.has(name) && !isHeadOf) return near;
  const isHeading = HEADINGS.has(name) || SECTIONS.has(name);
  const outer = open.find((one) => {
    if (one === "th" || one === "dt") return isHeading;
    if (one === "a" || one === "button") return INTERACTIVE.has(name);
    return (one === "form" || one === "label") && one === name;
  });
  return outer;
}

/** The faults of a page: elements in elements that cannot hold them, ids that are empty, have spaces or come twice. */
export function markupFaults(html: string): string[] {
  const faults: string[] = [];
  const open: string[] = [];
  const ids = new Set<string>();
  for (const [, closing, opening, attributes = ""] of html.replace(OPAQUE, "$1</$2>").matchAll(TOKEN)) {
    const [close, name] = [closing?.toLowerCase(), opening?.toLowerCase()];
    if (close) {
      const at = open.lastIndexOf(close);
      if (at < open.length - 1) faults.push(`</${close}> where <${open.at(-1)}> is open`);
      if (at >= 0) open.length = at;
    }
    if (!name) continue;
    const inside = misplaced(name, open);
    if (inside) faults.push(`<${name}> in <${inside}>`);
    const id = /\sid=(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/i.exec(attributes);
    const value = id && (id[1] ?? id[2] ?? id[3] ?? "");
    if (value !== null) {
      if (!value || /\s/.test(value)) faults.push(`id "${value}"`);
      if (ids.has(value)) faults.push(`id "${value}" twice`);
      ids.add(value);
    }
    if (!VOID.has(name) && !attributes.endsWith("/")) open.push(name);
  }
  if (open.length) faults.push(`<${open.join("><")}> left open`);
  return faults;
}
