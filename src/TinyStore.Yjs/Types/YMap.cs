using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace TinyStore.Yjs;

/// <summary>
/// A shared map from strings to values. Of concurrent writes to a key one wins, the same at every peer.
/// Changes outside of a transaction make one of their own.
/// </summary>
public sealed class YMap : YType, IEnumerable<KeyValuePair<string, YValue>>
{
    internal YMap()
    {
    }

    /// <summary>How many keys have a value.</summary>
    public int Count => throw Unbuilt.Yet;

    /// <summary>The value of a key.</summary>
    /// <exception cref="KeyNotFoundException">Reading a key that has no value.</exception>
    public YValue this[string key] { get => throw Unbuilt.Yet; set => throw Unbuilt.Yet; }

    /// <summary>Whether the key has a value.</summary>
    public bool ContainsKey(string key) => throw Unbuilt.Yet;

    /// <summary>Reads the value of a key.</summary>
    public bool TryGetValue(string key, out YValue value) => throw Unbuilt.Yet;

    /// <summary>Reads a nested map.</summary>
    /// <returns>False when the key has no value, or one that is not a map.</returns>
    public bool TryGetMap(string key, [NotNullWhen(true)] out YMap? map) => throw Unbuilt.Yet;

    /// <summary>Writes a value. An equal value is written too, as in Yjs.</summary>
    public void Set(string key, YValue value) => throw Unbuilt.Yet;

    /// <summary>Puts a new empty map under a key and returns it.</summary>
    public YMap SetMap(string key) => throw Unbuilt.Yet;

    /// <summary>Removes the value of a key.</summary>
    /// <returns>False when there was none.</returns>
    public bool Delete(string key) => throw Unbuilt.Yet;

    /// <summary>Removes all values.</summary>
    public void Clear() => throw Unbuilt.Yet;

    /// <summary>The last item that was ever made under a key, live or deleted.</summary>
    /// <returns>False when the key never had a value.</returns>
    public bool TryGetLastItem(string key, out YMapItem item) => throw Unbuilt.Yet;

    /// <summary>Calls the observer once for each transaction that changed this map's keys.</summary>
    /// <returns>Dispose it to stop observing.</returns>
    public IDisposable Observe(Action<YMapEvent> observer) => throw Unbuilt.Yet;

    /// <inheritdoc/>
    public override string ToJson() => throw Unbuilt.Yet;

    /// <summary>Enumerates keys and values in the order in which the keys first came to this document.</summary>
    public Enumerator GetEnumerator() => throw Unbuilt.Yet;

    IEnumerator<KeyValuePair<string, YValue>> IEnumerable<KeyValuePair<string, YValue>>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Walks a map. Changing the document ends the walk with <see cref="InvalidOperationException"/>.</summary>
    public struct Enumerator : IEnumerator<KeyValuePair<string, YValue>>
    {
        /// <inheritdoc/>
        public readonly KeyValuePair<string, YValue> Current => throw Unbuilt.Yet;

        readonly object IEnumerator.Current => Current;

        /// <inheritdoc/>
        public bool MoveNext() => throw Unbuilt.Yet;

        /// <inheritdoc/>
        public void Reset() => throw new NotSupportedException();

        /// <inheritdoc/>
        public readonly void Dispose()
        {
        }
    }
}
