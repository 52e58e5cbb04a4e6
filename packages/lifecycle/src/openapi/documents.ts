import { Worker } from 'node:worker_threads'
import type { ContractPlan } from '../contract/cases.ts'
import type { CompiledContract } from '../contract/compiled.ts'
import type { ApiChange } from './diff/change.ts'
import type { Finding } from './finding.ts'
import type { DocumentReply, DocumentTask, ReadDocument } from './messages.ts'

/** Reads and compares OpenAPI documents, each in a thread of its own with bounds on memory and time. Never rejects. */
export interface Documents {
  /** `before`: the document with which it is compared. */
  read(text: string, before?: string): Promise<ReadDocument>
  compare(before: string, after: string): Promise<ApiChange[]>
  /** Makes validators of a document in our words; undefined: it is too large. */
  compile(document: string): Promise<CompiledContract | undefined>
  /** The same, with calls that try what the document says. */
  plan(document: string): Promise<{ contract: CompiledContract; plan: ContractPlan } | undefined>
}

export interface DocumentLimits {
  milliseconds: number
  megabytes: number
  entry: URL
}

const LIMITS: DocumentLimits = { milliseconds: 20_000, megabytes: 512, entry: workerUrl() }

/** A reader of documents; what takes too long or too much is given up, and said to be too large. */
export function createDocuments(limits: DocumentLimits = LIMITS): Documents {
  // One after the other: several at once would take the memory of several, and no less time.
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = (task: DocumentTask): Promise<DocumentReply | undefined> => {
    const reply = last.then(() => carriedOut(task, limits))
    last = reply
    return reply
  }
  return {
    async read(text, before) {
      const reply = await inTurn({ kind: 'read', text, before })
      return reply?.kind === 'read' ? reply.read : { design: undefined, findings: [tooLarge(limits)], changes: [], gone: [] }
    },
    async compile(document) {
      const reply = await inTurn({ kind: 'compile', document, plan: false })
      return reply?.kind === 'compiled' ? reply.contract : undefined
    },
    async plan(document) {
      const reply = await inTurn({ kind: 'compile', document, plan: true })
      return reply?.kind === 'compiled' && reply.plan !== undefined ? { contract: reply.contract, plan: reply.plan } : undefined
    },
    async compare(before, after) {
      if (before === after) return []
      const reply = await inTurn({ kind: 'compare', before, after })
      if (reply?.kind === 'compared') return reply.changes
      return [{ kind: 'changed', breaking: true, at: 'the document', what: 'it is too large to be compared' }]
    },
  }
}

/** Undefined: the thread ended without an answer, or was not even started, where the machine has none to give. */
function carriedOut(task: DocumentTask, limits: DocumentLimits): Promise<DocumentReply | undefined> {
  return new Promise((resolve) => {
    const worker = started(task, limits)
    if (worker === undefined) return resolve(undefined)
    const end = (reply: DocumentReply | undefined): void => {
      clearTimeout(deadline)
      resolve(reply)
      void worker.terminate()
    }
    const deadline = setTimeout(() => end(undefined), limits.milliseconds)
    worker.once('message', (reply: DocumentReply) => end(reply))
    worker.once('error', () => end(undefined))
    worker.once('exit', () => end(undefined))
  })
}

function started(task: DocumentTask, { megabytes, entry }: DocumentLimits): Worker | undefined {
  try {
    return new Worker(entry, { name: 'openapi', workerData: task, resourceLimits: { maxOldGenerationSizeMb: megabytes } })
  } catch {
    return undefined
  }
}

function tooLarge({ milliseconds, megabytes }: DocumentLimits): Finding {
  const message = `is too large or too deep: it could not be read within ${milliseconds / 1000} s and ${megabytes} MB`
  return { level: 'error', rule: 'too-large', message, pointer: '', line: 1, column: 1 }
}

/** Where the thread's entry lies: beside this file when the sources run as they are, beside the bundle otherwise. */
function workerUrl(from: string = import.meta.url): URL {
  return from.endsWith('.ts') ? new URL('./worker.ts', from) : new URL('./openapi-worker.js', from)
}
