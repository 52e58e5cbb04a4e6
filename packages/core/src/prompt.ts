export const PROMPT_VARIABLE_TYPES = ['string', 'integer', 'number', 'boolean'] as const

export type PromptVariableType = (typeof PROMPT_VARIABLE_TYPES)[number]

export type PromptValue = string | number | boolean

/** What callers of a prompt API send under one name. */
export interface PromptVariable {
  type: PromptVariableType
  /** For whoever reads its document. */
  description?: string | undefined
  /** Of text: it is one of these. */
  enum?: string[] | undefined
  /** Stands where the caller sends nothing; absent: the variable is required. */
  default?: PromptValue | undefined
}

/** What a prompt API asks of its model, and how: templates hold `{{name}}` for the value of a variable, and no logic. */
export interface Prompt {
  /** A model of this installation, by the name that its callers use; empty: nobody said it yet. */
  model: string
  system?: string | undefined
  /** Empty: nobody said it yet. */
  user: string
  /** By name, in the order in which they are shown. */
  variables: Record<string, PromptVariable>
  /** JSON Schema of the object that the answer is; absent: it is text. */
  output?: Record<string, unknown> | undefined
  /** Tokens of output; absent: as for any call of the model. */
  maxTokens?: number | undefined
  temperature?: number | undefined
}
