import type { ContractPlan } from '../contract/cases.ts'
import type { CompiledContract } from '../contract/compiled.ts'
import type { ApiChange } from './diff/change.ts'
import type { Reading } from './design.ts'
import type { DesignedRoute } from './operations.ts'

/**
 * What the thread is asked: to read a text, and in what the result differs from a document; to compare two documents; or to make
 * validators of one, and to plan calls that try it.
 */
export type DocumentTask =
  | { kind: 'read'; text: string; before: string | undefined }
  | { kind: 'compare'; before: string; after: string }
  | { kind: 'compile'; document: string; plan: boolean }

/** In what the document that was read differs from the one before; nothing where there was none, or it could not be read. */
export interface ReadDocument extends Reading {
  changes: ApiChange[]
  /** Routes that the one before described, and this one does not. */
  gone: DesignedRoute[]
}

export type DocumentReply =
  | { kind: 'read'; read: ReadDocument }
  | { kind: 'compared'; changes: ApiChange[] }
  | { kind: 'compiled'; contract: CompiledContract; plan: ContractPlan | undefined }
