import { passesThrough } from './passing.ts'

// Half a gigabyte passes in `tests/long`.
passesThrough(100 * 1024 * 1024)
