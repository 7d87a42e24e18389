using System.Text;

namespace TinyStore.Yjs;

/// <summary>What a <see cref="YValue"/> must know of the shared type that it refers to. Equality is that of the object.</summary>
internal interface IYSharedType
{
    /// <summary>Appends the type's content as JSON.</summary>
    void AppendJson(StringBuilder output);
}
