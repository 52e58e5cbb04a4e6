/** One text of the product that is replaced. */
export interface Edit {
  /** From the repository's root. */
  file: string
  /** Occurs in the file exactly once. */
  find: string
  replace: string
}

/** A test by its file, and its names from the outermost suite on. */
export interface TestName {
  file: string
  names: string[]
}

/** What a test cannot do without. */
export type Need = 'postgres' | 'strace'

/** A defect that somebody could make, and the test that must not let it pass. */
export interface Defect {
  /** In plain words, as the page of promises shows it. */
  name: string
  edits: Edit[]
  caughtBy: TestName
  /** What the failure says: a test that fails for another reason has caught nothing. */
  because: RegExp
  needs?: Need
}

/** How a defect fared. */
export interface Verdict {
  defect: Defect
  outcome: 'caught' | 'missed' | 'skipped'
  /** What the test said, or what went wrong. */
  said: string
  ms: number
}
