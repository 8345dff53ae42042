// Sorts a table by the column whose head is pressed, hides columns, and exports what is shown.
//
// Invariant: works on the existing rows; a later row takes its place. The choice is stored on this device, by the
// table's name. A file of its own, loaded with the first table. Not here: which rows there are, which is the
// server's, and rows of other pages.

interface Choice {
    hide: number[];
    by?: number;
    down?: boolean;
}

const all = <E extends Element>(inside: ParentNode, selector: string) => [...inside.querySelectorAll<E>(selector)];
const nameOf = (box: HTMLElement) => `table.${box.dataset.table}`;
const choiceOf = (box: HTMLElement) => JSON.parse(localStorage.getItem(nameOf(box)) ?? '{"hide":[]}') as Choice;
const tablesOf = (box: HTMLElement) => all<HTMLTableElement>(box, "table");

/** The value of a cell for sorting and counting: `data-v`, or its text. */
const valueOf = (cell: Element | undefined) => (cell as HTMLElement | undefined)?.dataset.v ?? cell?.textContent?.trim() ?? "";

function compare(one: string, other: string) {
    // Unknown values come last in either order.
    if (!one || !other) return 0;
    const [a, b] = [Number(one), Number(other)];
    return isNaN(a) || isNaN(b) ? one.localeCompare(other, document.documentElement.lang, { numeric: true }) : a - b;
}

function sort(table: HTMLTableElement, { by, down }: Choice) {
    all(table, "thead th").forEach((head, at) => {
        head.ariaSort = at === by ? (down ? "descending" : "ascending") : null;
    });
    const body = table.tBodies[0];
    if (by === undefined || !body) return;
    const rows = [...body.rows].map((row) => [valueOf(row.cells[by]), row] as const);
    const known = rows.filter(([value]) => value).sort(([one], [other]) => compare(one, other) * (down ? -1 : 1));
    const sorted = [...known, ...rows.filter(([value]) => !value)].map(([, row]) => row);
    if (sorted.some((row, at) => row !== body.rows[at])) body.append(...sorted);
}

function apply(box: HTMLElement) {
    const choice = choiceOf(box);
    box.dataset.hide = choice.hide.join(" ");
    for (const tick of all<HTMLInputElement>(box, "[data-column]")) tick.checked = !choice.hide.includes(Number(tick.dataset.column));
    for (const table of tablesOf(box)) sort(table, choice);
}

function choose(box: HTMLElement, change: Partial<Choice>) {
    localStorage.setItem(nameOf(box), JSON.stringify({ ...choiceOf(box), ...change }));
    apply(box);
}

/** A field of the CSV file. What a spreadsheet would take for a formula is quoted as text. */
function field(value: string) {
    const safe = /^[=+\-@\t]/.test(value) && isNaN(Number(value)) ? `'${value}` : value;
    return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function csv(box: HTMLElement) {
    const { hide } = choiceOf(box);
    const [first] = tablesOf(box);
    // The actions column is not exported.
    const actions = all<HTMLTableCellElement>(box, "thead [data-actions]").map((head) => head.cellIndex);
    const line = (row: HTMLTableRowElement, head: boolean) =>
        [...row.cells]
            .filter((_, at) => !hide.includes(at) && !actions.includes(at))
            .map((cell) => field(head ? (cell.textContent?.trim() ?? "") : (cell.dataset.csv ?? cell.textContent?.trim() ?? "")))
            .join(",");
    const heads = [...(first?.tHead?.rows ?? [])].map((row) => line(row, true));
    return [...heads, ...tablesOf(box).flatMap((table) => [...(table.tBodies[0]?.rows ?? [])].map((row) => line(row, false)))].join("\r\n");
}

function save(box: HTMLElement) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([`${csv(box)}\r\n`], { type: "text/csv" }));
    link.download = `${box.dataset.table}.csv`;
    link.click();
    URL.revokeObjectURL(link.href);
}

const workTables = () => {
    const boxOf = (target: EventTarget | null) => (target as Element).closest<HTMLElement>("[data-table]");
    addEventListener("click", ({ target }) => {
        const box = boxOf(target);
        const head = (target as Element).closest("thead th");
        if (!box) return;
        if ((target as Element).closest("[data-csv-of]")) save(box);
        else if (head && (target as Element).closest("button")) {
            const by = (head as HTMLTableCellElement).cellIndex;
            const choice = choiceOf(box);
            choose(box, { by, down: choice.by === by && !choice.down });
        }
    });
    addEventListener("change", ({ target }) => {
        const { column } = (target as HTMLElement).dataset;
        const box = boxOf(target);
        if (column === undefined || !box) return;
        const { hide } = choiceOf(box);
        const at = Number(column);
        choose(box, { hide: (target as HTMLInputElement).checked ? hide.filter((one) => one !== at) : [...hide, at] });
    });
    const follow = () => {
        if (!document.documentElement.dataset.hydrated) return;
        for (const box of all<HTMLElement>(document, "[data-table]")) if (localStorage.getItem(nameOf(box))) apply(box);
    };
    follow();
    new MutationObserver(follow).observe(document.documentElement, { attributeFilter: ["data-hydrated"], childList: true, subtree: true });
};

workTables();
