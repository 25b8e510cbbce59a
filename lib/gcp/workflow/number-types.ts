/**
 * Conditions on the type of a value. What `get_type` calls an integer is written nowhere in Workflows' documentation, so both
 * of its names there are taken: that of the type, and that of the function that makes one.
 */
export const isInteger = (value: string): string => `get_type(${value}) in ["int", "integer"]`;
export const isNumber = (value: string): string => `get_type(${value}) in ["int", "integer", "double"]`;
