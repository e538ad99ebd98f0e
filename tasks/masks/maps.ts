/** Maps of features and masks as they are shown: one number for each position. */

/** Numbers on a map: height x width x channels. */
export interface FeatureMap {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** The numbers, row after row, position after position. */
  readonly data: Float32Array;
}

/** One number for each position: the mean over the channels, of their sizes when `size` is set. */
export function meanMap(map: FeatureMap, { size = false } = {}): FeatureMap {
  const { height, width, channels, data } = map;
  const mean = Float32Array.from({ length: height * width }, (_, i) => {
    let sum = 0;
    for (let c = 0; c < channels; c++) {
      const value = data[i * channels + c] ?? 0;
      sum += size ? Math.abs(value) : value;
    }
    return sum / channels;
  });
  return { height, width, channels: 1, data: mean };
}

/** The numbers of one channel. */
export function channelMap(map: FeatureMap, channel: number): FeatureMap {
  const { height, width, channels, data } = map;
  const values = Float32Array.from(
    { length: height * width },
    (_, i) => data[i * channels + channel] ?? 0,
  );
  return { height, width, channels: 1, data: values };
}

/** Whether a map is of one position, and all that it says lies in its channels. */
export function isChannels({ height, width, channels }: FeatureMap): boolean {
  return height * width === 1 && channels > 1;
}

/** The channels of a map of one position in rows, which are as many as make the nearest to a square. */
export function channelGrid({ channels, data }: FeatureMap): FeatureMap {
  let height = Math.floor(Math.sqrt(channels));
  while (channels % height !== 0) height--;
  return { height, width: channels / height, channels: 1, data };
}

/** The least and the largest number of a map. */
export function ends({ data }: FeatureMap): readonly [low: number, high: number] {
  return [
    data.reduce((a, b) => Math.min(a, b), Infinity),
    data.reduce((a, b) => Math.max(a, b), -Infinity),
  ];
}

/** The channels of a mask that differ most between positions: those that point somewhere. */
export function tellingChannels(map: FeatureMap, count: number): readonly number[] {
  const { channels } = map;
  const spread = Array.from({ length: channels }, (_, channel) => {
    const { data } = channelMap(map, channel);
    const mean = data.reduce((a, b) => a + b, 0) / data.length;
    return data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length;
  });
  return [...spread.keys()]
    .sort((a, b) => (spread[b] ?? 0) - (spread[a] ?? 0) || a - b)
    .slice(0, count);
}
