/** What looks like a secret, whoever let it get into a message: our keys and tokens, providers' keys, bearer headers. */
const SECRETS: [RegExp, string][] = [
  [/\b(fg[most]?_)[A-Za-z0-9]{8,}/g, '$1…'],
  [/\b(sk|pk|rk|gsk|xai|AIza|hf)([-_])[A-Za-z0-9_-]{8,}/g, '$1$2…'],
  [/\bAIza[A-Za-z0-9_-]{16,}/g, 'AIza…'],
  [/\b([Bb]earer\s+)[A-Za-z0-9._~+/=-]{8,}/g, '$1…'],
  [/(:\/\/[^\s:/@"]+:)[^\s@"]+(?=@)/g, '$1…'],
]

/** Replaces everything in a text that looks like a secret by an ellipsis. */
export function redact(text: string): string {
  return SECRETS.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), text)
}
