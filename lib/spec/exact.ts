/** Whether a number is the one that was written: of large whole numbers the last digits are lost when they are read. */
export const isExact = (value: number): boolean => !Number.isInteger(value) || Number.isSafeInteger(value);
