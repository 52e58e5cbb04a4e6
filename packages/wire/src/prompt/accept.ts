const EVENTS = 'text/event-stream'
const JSON_TYPE = 'application/json'

/** Whether `Accept` would rather have events than JSON: of the two, the one of the higher quality, else the one that it names first. */
export function prefersEvents(accept: string | string[] | undefined): boolean {
  const ranges = String(accept ?? '')
    .split(',')
    .map(rangeOf)
    .filter(({ type, quality }) => quality > 0 && (type === EVENTS || type === JSON_TYPE))
  return ranges.toSorted((a, b) => b.quality - a.quality)[0]?.type === EVENTS
}

function rangeOf(text: string): { type: string; quality: number } {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase())
  const quality = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1)
  return { type, quality: Number.isNaN(quality) ? 1 : quality }
}
