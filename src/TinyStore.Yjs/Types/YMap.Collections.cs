using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace TinyStore.Yjs;

// The keys and the values as collections that cost nothing for an entry.
[SuppressMessage("Naming", "CA1710", Justification = "The name that every Yjs user knows.")]
public sealed partial class YMap
{
    /// <summary>The keys that have a value, in the order of <see cref="GetEnumerator"/>. A view: it changes with the map.</summary>
    public KeyCollection Keys => new(this);

    /// <summary>The values, in the order of <see cref="GetEnumerator"/>. A view: it changes with the map.</summary>
    public ValueCollection Values => new(this);

    IEnumerable<string> IReadOnlyDictionary<string, YValue>.Keys => Keys;

    IEnumerable<YValue> IReadOnlyDictionary<string, YValue>.Values => Values;

    /// <summary>The keys of a map.</summary>
    public readonly struct KeyCollection : IReadOnlyCollection<string>
    {
        private readonly YMap _map;

        internal KeyCollection(YMap map) => _map = map;

        /// <inheritdoc/>
        public int Count => _map.Count;

        /// <summary>Enumerates the keys. Values are not decoded.</summary>
        public Enumerator GetEnumerator() => new(_map.GetEnumerator());

        IEnumerator<string> IEnumerable<string>.GetEnumerator() => GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        /// <summary>Walks the keys. Changing the document ends the walk with <see cref="InvalidOperationException"/>.</summary>
        public struct Enumerator : IEnumerator<string>
        {
            private YMap.Enumerator _entries;

            internal Enumerator(YMap.Enumerator entries) => _entries = entries;

            /// <inheritdoc/>
            public readonly string Current => _entries.CurrentKey;

            readonly object IEnumerator.Current => Current;

            /// <inheritdoc/>
            public bool MoveNext() => _entries.MoveNext();

            /// <inheritdoc/>
            public void Reset() => _entries.Reset();

            /// <inheritdoc/>
            public readonly void Dispose()
            {
            }
        }
    }

    /// <summary>The values of a map.</summary>
    public readonly struct ValueCollection : IReadOnlyCollection<YValue>
    {
        private readonly YMap _map;

        internal ValueCollection(YMap map) => _map = map;

        /// <inheritdoc/>
        public int Count => _map.Count;

        /// <summary>Enumerates the values.</summary>
        public Enumerator GetEnumerator() => new(_map.GetEnumerator());

        IEnumerator<YValue> IEnumerable<YValue>.GetEnumerator() => GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        /// <summary>Walks the values. Changing the document ends the walk with <see cref="InvalidOperationException"/>.</summary>
        public struct Enumerator : IEnumerator<YValue>
        {
            private YMap.Enumerator _entries;

            internal Enumerator(YMap.Enumerator entries) => _entries = entries;

            /// <inheritdoc/>
            public readonly YValue Current => _entries.CurrentValue;

            readonly object IEnumerator.Current => Current;

            /// <inheritdoc/>
            public bool MoveNext() => _entries.MoveNext();

            /// <inheritdoc/>
            public void Reset() => _entries.Reset();

            /// <inheritdoc/>
            public readonly void Dispose()
            {
            }
        }
    }
}
