/** Something that the caller sent and that cannot be carried to the upstream. */
export interface Unsupported {
  /** JSON pointer into the caller's body. */
  at: string
  /** What it is, for a person: "log probabilities", "an image in a tool result". */
  what: string
  /** Why not, where that is not plain: "the id belongs to another vendor". */
  why?: string
}
