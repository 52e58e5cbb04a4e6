/** Whether a media type, or a range of some, may be JSON that is one value: what is several (`json-seq`) is not. */
export function isJsonMedia(type: string): boolean {
  return /^(application\/([\w.+-]+\+)?json|text\/json|application\/\*|\*\/\*)\s*(;|$)/i.test(type.trim())
}

/** The type of a `Content-Type`, without its parameters. */
export function essenceOf(header: string | undefined): string {
  return (header?.split(';')[0] ?? '').trim().toLowerCase()
}

/** The one of them that a type is: exact before a range, a narrow range before a wide one. */
export function mediaOf<T extends { type: string }>(content: readonly T[], essence: string): T | undefined {
  const [main = ''] = essence.split('/')
  return [essence, `${main}/*`, '*/*'].map((type) => content.find((media) => media.type === type)).find((media) => media !== undefined)
}
