/** "The maximum number of tokens that can be generated in the completion": where nothing is said, so many. */
export const LIMIT_WHEN_ABSENT = 16
