/** How a tool's result says that the tool failed, to a vendor that has no flag for it. */
export function failedResult(text: string): string {
  return JSON.stringify({ error: text })
}
