/** The same object with its expandable fields as they are stored: ids, never nested objects. */
export type Stored<T, K extends keyof T> = Omit<T, K> & { [P in K]: Exclude<T[P], object> };

/** A list as it is embedded in objects and answered by list routes. */
export interface List<T> {
  object: "list";
  data: T[];
  has_more: boolean;
  url: string;
}

/** Free data of an object: keys and values are text. */
export type Metadata = Record<string, string>;
