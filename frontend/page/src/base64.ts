// Base64url, as keys and challenges are written in pages.

/** The bytes that `text` stands for. */
export const bytes = (text: string) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
