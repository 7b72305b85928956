# shellcheck shell=bash disable=SC2034
# The settings of pipeline.sh. A variable of the environment takes precedence.

# The dataset repository, and the address of its Hub. HF_TOKEN is read from the environment alone.
: "${REPOSITORY=@REPOSITORY@}"
: "${HUB=@HUB@}"
# Not empty: a private repository, for sources that may not be redistributed.
: "${PRIVATE=@PRIVATE@}"
# Config names or tags, separated by commas; empty for every language.
: "${LANGUAGES=@LANGUAGES@}"
# Sources that `globmed fetch` brings into sources/, separated by spaces. Your own files stand there beside them.
: "${FETCH=@FETCH@}"
# Translation packages for `globmed translator install`, separated by spaces: pairs such as en-sw, or files.
: "${TRANSLATORS=}"
# Languages that `watch` publishes as drafts for reviewers, separated by spaces. Its HF_TOKEN must then be able to write.
: "${DRAFTS=}"
