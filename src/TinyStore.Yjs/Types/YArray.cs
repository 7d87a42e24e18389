using System.Collections;
using System.Runtime.CompilerServices;
using System.Text;

namespace TinyStore.Yjs;

/// <summary>A shared list of values. It can be read and observed.</summary>
public sealed class YArray : YType, IEnumerable<YValue>
{
    internal YArray(YDoc doc, int index)
        : base(doc, index)
    {
    }

    /// <summary>How many values it holds.</summary>
    public int Count => ListLength;

    /// <summary>The value at an index. It walks the list: to read all of it, enumerate.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such index.</exception>
    public YValue this[int index] => ReadAt(index);

    /// <summary>Calls the observer once for each transaction that changed this list.</summary>
    /// <returns>Dispose it to stop observing.</returns>
    public IDisposable Observe(Action<YArrayEvent> observer) => ObserveAs(observer);

    /// <inheritdoc/>
    public IEnumerator<YValue> GetEnumerator() => new ListEnumerator(this);

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal override void AppendJson(StringBuilder output)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        output.Append('[');
        var isFirst = true;
        foreach (var value in this)
        {
            output.Append(isFirst ? "" : ",");
            isFirst = false;
            value.AppendJson(output);
        }

        output.Append(']');
    }
}
