/** What is wrong with a definition, where, and how it is mended. */
export interface ApiFlaw {
  /** Of the member: `['routes', 3, 'price']`. */
  path: (string | number)[]
  problem: string
  fix: string
  /** Nothing that is there is wrong: something is missing, which a draft may lack still. */
  missing?: true
}
