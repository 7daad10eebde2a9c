"""The triangles with which marching cubes cuts a cube of eight voxels, for each of the 256 ways in which these can be inside or outside.

Made by running scikit-image 0.26 (``measure.marching_cubes``, the method of Lewiner et al. 2003, whose tables decide where a face is
ambiguous) on each of the 256 cubes at the level 0.5; ``tests/measure/test_volumes.py`` holds it against the same function on volumes.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

POINTS = ((0, 0, 1), (0, 1, 0), (0, 1, 2), (0, 2, 1), (1, 0, 0), (1, 0, 2), (1, 1, 1), (1, 2, 0), (1, 2, 2), (2, 0, 1), (2, 1, 0), (2, 1, 2), (2, 2, 1))
"""z, y, x in half voxels of what the letters ``a`` to ``m`` stand for: the middles of the edges, and of the cube."""

TRIANGLES = (
    "- bea fca beccef dhb dhaahe bahafhcdhchf dhchfchef idc dbibeiaciaie idffda bedeidefi cibbih ciaieaihe afbfhbfih iefhei ekj abjjbk "
    "jfkfckaekakc fcjckjcbk hkdkjdebdedj kjhjdhjad hkejekejfefacafacbdbcbdhbhe hkjhjfdhfcdf idckje acjijcjikdkikdb aedkdedkijikijf fidkfdbkdjfk "
    "cebecjijcjikhki ihchjcjacjhk ebakjhfhjhfi hkjfhjihf jlf ejbjlbfabfbl jlaalc jlelbelcb jlfhbd dfafdlhldlhjejh cdlhldlhjbjhjba lcdeldhedlej "
    "lijidjcfjcjd ejflfjflificdcicdabadabeaef idldjldaj lidldbjlbejb cfbjbfbjhlhjhli facjleieleih ajlhalihlbah ejlielhei ekffkl abfblfbkl "
    "ekakcaklc blcklb lhkhldfdldfbebf klfdkfadfhkd baedhckchckl cdhkchlck likdkikdecedecf facbidiblklb daeldekledli lidbldklb likhkiecfceb "
    "lgkgfkakfkahchahcggihliggcf lgklegelaialaibgbiihgghkebg lihlhk hmk kemeambhmbma fcamkh bhcmchcmfkfmfke bdkkdm eakamkadm bakfkakfmcmfmcd "
    "dmcmecefcmke hdkdckimkikc imhkhmhkehebabebadcdadcidih ahdhakfkakfmimf hdbmkieikief mkikcikbc mkiikckeceac kbaikafiakim imkeikfie jemmeh "
    "hmbmabmja jfmcmfmchahchae mjfbmfcbfmbh bdedjedmj djadmj ebadfcfdjmjd jfcdjcmjd jimijcecjcedhde dbhciamaiamj haeahdjfmimf "
    "jgmjhghjbfbjbfdgdffiggimhdg bcecmemjecim acimaijam jgmgembmembiaibiaggfijfggae jfijim mlhlfhjkhjhf ebhbeafaejfefjlkljlkmhmkehk "
    "cmlmchahchakjka ejklhmhlbcbl bjkjbfdfbfdlmld jkelfmamfmad cdlmldjbabjk mgdgkdedkdecjcecjgglcmlggjk icfcidhdimhihmklkmkljfjlifl "
    "ejkdbhfaciml mlikhjdjhjda dbhjkemli imlkfjfkcbck acfmlijke jgaglaialaibmbibmggkbjkggml limjke lfmfhmfeh hmbbmamlalfa ehahlalcahml "
    "bhmlbmcbl feledldmldeb mlfamfdma mgdmbgbmelemelagallcggcdbag mlcmcd mlifdcdfhehf imlhdbfac agdaigialelalemgmeehgghdimg dbhiml "
    "cgbgibmbibmelemelggfecfggli faclim aeblim mli lmi beamil icmcammaflmf bicibmembmelfle mhlhbldildlb dialaialemelemh "
    "flimilimhihdbdhdbcacbcafcfi icdlmfhfmfhe lmccmd dbmembmelalelac lmfmafmda efldelmdledb hbmblmbcl healhaclamhl mhbmbalmafla flmhfmefh "
    "kmemieljelei aljlaibiaibmkmb faeafcicflifilmjmlmjkekjfej ljfmikckikcb hdidhbebhkehekjmjkjmlilmhim hkmjilijdadj hkmcdiebaflj cdikmhljf "
    "dkmkdecedecjljc kdbdkmacjljc fljmekemadam kgbgjbfbjbfdldfdlggmdkmgglj kmhjelblelbc lgcgmchcmchakahakggjaljggkm baeljfkmh jflkmh fjiijm "
    "mejembibmbiafai caiamiajm cbemcejmeicm mhjbjhjbfdfbfdi faidiamejemh icdahbhamjma mgjgijcjijcedecedgghemhggdi fjcjdcjmd acfbedjdedjm jdamdj "
    "dbejdemdj jmfmbfbcfbmh mgjmfgfmchcmchagahheggejfag mhbambjma ejmemh mikiekife bkakiaifaikm kmikicekcaec kmickibkc kmhibdbiefei "
    "dgaghakahakfmfkfmggifdiggmh hkmebaicd icdmhk mdcemcfeckme kgbkagakfmfkfmcgcmmdggdbacg aekmakdam dbkdkm cgbchghcmfmcmfkgkffeggebhkg acfhkm "
    "baehkm mhk ilhhlk kelalelaibiaibh kflfkahakahcich kflfkeichbhc ildlbdlkb adedlelkeldi cdiafblbfblk kglkigikdedkdecgceefggflicg dchckhclk "
    "hdbceaecklkc lkfkdfdafkhd kglghldlhldfbfdfbggefkeggbh lbclkb keackalkc baflbfkbl kefkfl jeleilehi jalahlhilabh ljfecaceihie "
    "bgcbfgfbjhjbjhlglhhiggicflg ilddlbljbjeb diljdladj fljicdeba cdiflj cldledehdelj lgcldgdlhjhlhjbgbjjaggacdbg agdgfdldfdlhjhlhjggehaeggjf "
    "fljdbh ljebleclb ljalac fljaeb ljf khjhfjhif jkehabahfifh hicjhcajchjk bgcgecjcecjikijikgghibhggke ifdfkdkbdfjk "
    "dgadegedkikdkijgjiifggfaejg jgajcgcjikijikdgdkkbggbacdg cdiejk khjjhfhdfdcf ejkfachdb jkhdjhajd ejkbhd cfjkcjbck acfejk bajbjk kej eifehi "
    "fabhfbifh icaeiahie icbibh ebdiedfei difdfa aebcdi dic hdcfhcehf cfadbh hdahae hdb ebcecf cfa eba -"
)
"""One word per cube: three letters per triangle, ``-`` for none. Bit k of a cube's number says whether the voxel at z = k // 4, y = k // 2 % 2,
x = k % 2 is inside."""


@cache
def cube_surfaces(pixel: tuple[float, float, float]) -> NDArray[np.float64]:
    """(256,) The surface that runs through each cube, for voxels of that depth, height and width."""
    points, surface = np.array(POINTS) * np.array(pixel) / 2, np.zeros(256)
    for cube, word in enumerate(TRIANGLES.split()):
        if word != "-":
            a, b, c = points[[ord(letter) - ord("a") for letter in word]].reshape(-1, 3, 3).transpose(1, 0, 2)
            surface[cube] = np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2
    surface.flags.writeable = False
    return surface
