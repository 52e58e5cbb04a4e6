/** The words of the ledger: what is counted, what is asked of it, what it answers, and what verifying finds. */
export type * from './accounts.ts'
export type * from './operations.ts'
export type * from './outcomes.ts'
export type * from './verify/report.ts'
