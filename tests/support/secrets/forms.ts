/** One way in which a text can be written down. */
export interface Form {
  name: string
  bytes: Buffer
}

/** Every form in which a secret is searched for, each once. */
export function formsOf(text: string): Form[] {
  const plain = Buffer.from(text)
  const escaped = inside(text)
  const forms: [name: string, bytes: Buffer | string][] = [
    ['as it is', plain],
    ['in JSON', escaped],
    ['in JSON of ASCII alone', ascii(escaped)],
    ['in JSON within JSON', inside(escaped)],
    ['URL-encoded', encodeURIComponent(text)],
    ['in hexadecimal', plain.toString('hex')],
    ['in upper-case hexadecimal', plain.toString('hex').toUpperCase()],
    ['in UTF-16, little end first', Buffer.from(text, 'utf16le')],
    ['in UTF-16, big end first', Buffer.from(text, 'utf16le').swap16()],
    ...[0, 1, 2].flatMap((shift): [string, string][] => {
      const base64 = base64At(plain, shift)
      return [
        ['in base64', base64],
        ['in base64 of URLs', base64.replaceAll('+', '-').replaceAll('/', '_')],
      ]
    }),
  ]
  const distinct = new Map<string, Form>()
  for (const [name, written] of forms) {
    const bytes = Buffer.from(written)
    const known = distinct.get(bytes.toString('latin1'))
    if (known === undefined) distinct.set(bytes.toString('latin1'), { name, bytes })
  }
  return [...distinct.values()]
}

/** A text as it stands within the quotes of a JSON string. */
function inside(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

function ascii(text: string): string {
  return text.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** The base64 characters that are the text's alone, where so many bytes stand before it in its group of three. */
function base64At(bytes: Buffer, shift: number): string {
  const whole = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64')
  const from = Math.ceil((shift * 8) / 6)
  const to = Math.floor(((shift + bytes.length) * 8) / 6)
  return whole.slice(from, to)
}
