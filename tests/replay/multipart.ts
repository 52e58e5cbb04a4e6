/** Fields of a multipart form by name; of a file, its bytes. Enough for what clients of audio and images send. */
export function parseForm(bytes: Buffer, contentType: string): Map<string, Buffer> | undefined {
  const boundary = /^multipart\/form-data;.*boundary="?([^";]+)"?/i.exec(contentType)?.[1]
  if (boundary === undefined) return undefined
  const form = new Map<string, Buffer>()
  const mark = Buffer.from(`--${boundary}`)
  let at = bytes.indexOf(mark)
  while (at >= 0) {
    const next = bytes.indexOf(mark, at + mark.length)
    if (next < 0) break
    const part = bytes.subarray(at + mark.length + 2, next - 2)
    const end = part.indexOf('\r\n\r\n')
    const name = /name="([^"]*)"/i.exec(part.subarray(0, Math.max(0, end)).toString('utf8'))?.[1]
    if (end >= 0 && name !== undefined) form.set(name, part.subarray(end + 4))
    at = next
  }
  return form
}
