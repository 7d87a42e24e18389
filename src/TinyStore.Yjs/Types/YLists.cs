using System.Collections;

namespace TinyStore.Yjs;

/// <summary>A shared list.</summary>
public sealed class YArray : YType, IEnumerable<YValue>
{
    internal YArray()
    {
    }

    /// <summary>How many values it holds.</summary>
    public int Count => throw Unbuilt.Yet;

    /// <summary>The value at an index.</summary>
    public YValue this[int index] => throw Unbuilt.Yet;

    /// <summary>Observes.</summary>
    public IDisposable Observe(Action<YArrayEvent> observer) => throw Unbuilt.Yet;

    /// <inheritdoc/>
    public override string ToJson() => throw Unbuilt.Yet;

    /// <inheritdoc/>
    public IEnumerator<YValue> GetEnumerator() => throw Unbuilt.Yet;

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>A shared text.</summary>
public class YText : YType
{
    internal YText()
    {
    }

    /// <summary>Its length in UTF-16 units, embedded objects count one.</summary>
    public int Length => throw Unbuilt.Yet;

    /// <summary>Observes.</summary>
    public IDisposable Observe(Action<YTextEvent> observer) => throw Unbuilt.Yet;

    /// <summary>The text without formats.</summary>
    public override string ToString() => throw Unbuilt.Yet;

    /// <inheritdoc/>
    public override string ToJson() => throw Unbuilt.Yet;
}

/// <summary>A text node.</summary>
public sealed class YXmlText : YText
{
    internal YXmlText()
    {
    }

    /// <inheritdoc/>
    public override string ToString() => throw Unbuilt.Yet;
}

/// <summary>A list of XML nodes.</summary>
public class YXmlFragment : YType
{
    internal YXmlFragment()
    {
    }

    /// <summary>How many children it has.</summary>
    public int Count => throw Unbuilt.Yet;

    /// <summary>The child at an index.</summary>
    public YValue this[int index] => throw Unbuilt.Yet;

    /// <summary>Observes.</summary>
    public IDisposable Observe(Action<YXmlEvent> observer) => throw Unbuilt.Yet;

    /// <summary>The XML.</summary>
    public override string ToString() => throw Unbuilt.Yet;

    /// <inheritdoc/>
    public override string ToJson() => throw Unbuilt.Yet;
}

/// <summary>An XML element.</summary>
public sealed class YXmlElement : YXmlFragment
{
    internal YXmlElement()
    {
    }

    /// <summary>The element's name.</summary>
    public string NodeName => throw Unbuilt.Yet;
}
