// What the modules of this folder share about documents and forms.

export const root = document.documentElement;

/** Whether the answer to `form` is the same page again: its action only changes the query, or it uploads files. */
export const returnsToPage = (form: HTMLFormElement) =>
    /^\?/.test(form.getAttribute("action") ?? "") || /^mu/.test(form.enctype);
