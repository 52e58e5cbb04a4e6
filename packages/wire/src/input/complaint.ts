/** What is wrong with a member, and what it is to be instead. */
export function complaint(member: string, value: unknown, expected: string): string {
  if (value === undefined) return `\`${member}\` is missing: it is ${expected}`
  return `\`${member}\` is ${typeOf(value)}: it must be ${expected}`
}

/** The member that a pointer leads to, as a person writes it: `content`, `tools[2]`. */
export function memberAt(pointer: string): string {
  const [last = '', holder = ''] = pointer.split('/').toReversed()
  return /^\d+$/.test(last) ? `${holder}[${last}]` : last
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (typeof value === 'number') return `the number ${value}`
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : 'an array'
  if (value === '') return 'an empty string'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
