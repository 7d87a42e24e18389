using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using TinyStore.Yjs.Structs;

namespace TinyStore.Yjs;

/// <summary>
/// A shared type of a document. An instance is a light handle: there can be several of one type, and they are equal.
/// A handle whose type was deleted shows it as empty, and writing through it throws <see cref="InvalidOperationException"/>.
/// </summary>
[DebuggerDisplay("{DebuggerText,nq}")]
public abstract class YType : IEquatable<YType>, IYSharedType
{
    private readonly uint _serial;

    /// <summary>Another view of the same type.</summary>
    private protected YType(YType other)
    {
        Doc = other.Doc;
        Index = other.Index;
        _serial = other._serial;
        Kind = other.Kind;
    }

    private protected YType(YDoc doc, int index)
    {
        Doc = doc;
        Index = index;
        _serial = doc.Store.Types[index].Serial;
        Kind = doc.Store.Types[index].Kind;
    }

    /// <summary>The document.</summary>
    public YDoc Doc { get; }

    /// <summary>What it is; for a root, what it was first asked for as.</summary>
    public YTypeKind Kind { get; }

    /// <summary>Whether it was deleted, by itself or with a container around it.</summary>
    public bool IsDeleted => !IsAttached || Doc.Store.IsTypeDeleted(Index);

    /// <summary>Whether it is a root of the document.</summary>
    public bool IsRoot => IsAttached && Record.Has(TypeFlags.Root);

    /// <summary>The name of a root, else <see langword="null"/>.</summary>
    public string? RootName => IsRoot ? Doc.Store.Keys.String(Record.Name) : null;

    /// <summary>The id of the item that holds it; <see langword="null"/> for a root, and once it was collected.</summary>
    public YItemId? Id => IsAttached && Record.Item is var item and not 0 ? Doc.Store.IdOf(item) : null;

    /// <summary>The type around it; <see langword="null"/> for a root, and once it was collected.</summary>
    public YType? Parent => IsAttached && Record.Item is var item and not 0 ? Doc.HandleOf(Doc.Store.Entries[item].Parent) : null;

    /// <summary>The key under which its parent holds it; <see langword="null"/> for a root and in a list.</summary>
    public string? ParentKey => IsAttached && Record.Item is var item and not 0 && Doc.Store.Entries[item].IsMapItem
        ? Doc.Store.Keys.String(Doc.Store.KeyOf(item))
        : null;

    /// <summary>For debuggers: it looks at nothing that could throw while somebody else uses the document.</summary>
    internal string DebuggerText => IsAttached
        ? string.Create(CultureInfo.InvariantCulture, $"{GetType().Name}, {Record.LiveKeys} keys, length {Record.Length}{(Doc.Store.IsTypeDeleted(Index) ? ", deleted" : "")}")
        : $"{GetType().Name}, collected";

    internal int Index { get; }

    /// <summary>Whether the document still knows the type (deleted types stay known until they are collected).</summary>
    internal bool IsAttached => Doc.Store.Types[Index].Serial == _serial;

    private protected int ListLength
    {
        get
        {
            Doc.CheckReadable();
            return IsAttached ? (int)Record.Length : 0;
        }
    }

    private protected int FirstItem => IsAttached ? Record.Start : 0;

    private protected int FirstVisible => IsAttached ? Doc.Store.NextVisible(Record.Start) : 0;

    private ref TypeRecord Record => ref Doc.Store.Types[Index];

    /// <summary>
    /// Calls the observer once for each transaction that changed this type or a type below it, with the events ordered outer
    /// types first.
    /// </summary>
    /// <returns>Dispose it to stop observing.</returns>
    public IDisposable ObserveDeep(Action<IReadOnlyList<YEvent>> observer) => Doc.ObserveDeep(this, observer);

    /// <summary>The content as JSON text. What JSON lacks is written as in <see cref="YValue.ToJson"/>.</summary>
    public string ToJson()
    {
        var output = new StringBuilder();
        AppendJson(output);
        return output.ToString();
    }

    /// <summary>A copy of the content as a JSON node, written as <see cref="ToJson"/> does.</summary>
    public JsonNode ToJsonNode() => YValue.NodeFromText(ToJson())!;

    void IYSharedType.AppendJson(StringBuilder output) => AppendJson(output);

    /// <inheritdoc/>
    public bool Equals(YType? other) => other is not null && Doc == other.Doc && Index == other.Index && _serial == other._serial;

    /// <inheritdoc/>
    public sealed override bool Equals(object? obj) => Equals(obj as YType);

    /// <inheritdoc/>
    public sealed override int GetHashCode() => HashCode.Combine(Index, _serial);

    /// <summary>Whether both are the same type of the same document.</summary>
    public static bool operator ==(YType? left, YType? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Whether they are different types.</summary>
    public static bool operator !=(YType? left, YType? right) => !(left == right);

    internal abstract void AppendJson(StringBuilder output);

    private protected YValue ReadAt(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, ListLength);
        return Doc.ReadElement(Doc.Store.FindElement(Index, (uint)index, out var offset), offset);
    }

    /// <summary>Observes this type's own events, in the form that fits this handle.</summary>
    private protected IDisposable ObserveAs<T>(Action<T> observer)
        where T : YEvent
    {
        ArgumentNullException.ThrowIfNull(observer);
        return Doc.Observe(this, e => observer(e as T ?? (T)YDoc.MakeEvent(this, e.Transaction, e.Ordinal)));
    }
}
